/** How large a proof is: small where every change is checked, larger by the environment. */
export function sizeOf(variable: string, small: number): number {
  const given = process.env[variable];
  if (given === undefined || given === '') return small;
  const size = Number(given);
  if (!Number.isInteger(size) || size < 0) throw new Error(`${variable} must be a whole number.`);
  return size;
}
