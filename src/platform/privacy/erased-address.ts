/** No host can ever have this name (RFC 2606). */
const NOWHERE = '@erased.invalid';

/** What stands in the place of an e-mail address that was erased. @param id of what had it, so that no two are alike */
export function erasedAddress(id: string): string {
  return `erased-${id}${NOWHERE}`;
}

/** Whether an address is one of those: no mail is sent there. */
export function isErasedAddress(address: string): boolean {
  return address.toLowerCase().endsWith(NOWHERE);
}
