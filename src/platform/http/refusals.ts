const codes = new WeakMap<object, string>();

/** Keeps why a request was refused (a problem's `code`) for the line that the log gets of it. */
export function noteRefusal(request: object, code: string): void {
  codes.set(request, code);
}

/** The code that the request was refused with; undefined where it was not. */
export function refusalOf(request: object): string | undefined {
  return codes.get(request);
}
