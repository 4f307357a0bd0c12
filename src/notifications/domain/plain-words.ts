/** Control characters (line breaks, NUL, …), the separators of lines and paragraphs, and stray halves of surrogate pairs. */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** Characters that turn the direction of all that follows them (Unicode TR 9): a title could reverse the price beside it. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Anybody's text as one line that can neither end a header, nor forge a line of a mail, nor upset PostgreSQL (which refuses NUL):
 * line breaks and other control characters become spaces, characters that turn the reading direction go, ends are trimmed.
 */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(DIRECTION, '').replace(BREAKS, ' ').trim();
}
