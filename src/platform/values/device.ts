/**
 * What a client most likely is, in words for people, from what it calls itself in `User-Agent` (RFC 9110, 10.1.5). Only names from the
 * lists here come out, so that nobody's text gets into a mail or a page by way of a header.
 * @returns such as `Firefox on Windows`; `an unknown device` where nothing is recognised
 */
export function deviceOf(userAgent: string | null | undefined): string {
  const program = nameIn(PROGRAMS, userAgent ?? '');
  const system = nameIn(SYSTEMS, userAgent ?? '');
  if (program && system) return `${program} on ${system}`;
  return program ?? (system ? `a program on ${system}` : 'an unknown device');
}

type Names = readonly (readonly [pattern: RegExp, name: string])[];

/** The first that fits: browsers name those they descend from, too. */
const PROGRAMS: Names = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\/|\bOPT\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Headless Chrome'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^Wget\//, 'Wget'],
  [/^python-requests\/|^Python-urllib\/|^python-httpx\//, 'Python'],
  [/^node$|^undici$|^axios\//, 'Node.js'],
  [/^okhttp\//, 'an Android app'],
  [/\bCFNetwork\//, 'an Apple app'],
  [/^Dart\//, 'an app'],
  [/^Go-http-client\//, 'Go'],
  [/^PostmanRuntime\//, 'Postman'],
];

const SYSTEMS: Names = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

function nameIn(names: Names, userAgent: string): string | undefined {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1];
}
