import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsEmail, IsOptional, IsString, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';

/** The field may be left out; unlike `@IsOptional`, null is not taken for that. */
export const Omittable = () => ValidateIf((_: object, value: unknown) => value !== undefined);

/** Takes white space from both ends before the rules are checked. */
export const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** RFC 5321, 4.5.3.1.3, less the angle brackets. */
export const EMAIL_MAX = 254;

/**
 * One e-mail address, trimmed. Quoted local parts (RFC 5321, 4.1.2), which nobody has and which could hold line breaks, commas and brackets,
 * are refused: what passes here stands for one reader in every header and every SMTP command.
 */
export const EmailAddress = () =>
  applyDecorators(
    Trimmed(),
    IsString(),
    MaxLength(EMAIL_MAX),
    Matches(/^[^\s\p{Cc}\p{Zl}\p{Zp}"(),:;<>[\\\]]+$/u, { message: '$property must be one plain e-mail address' }),
    IsEmail(),
  );

/** Neither controls nor the two characters of Unicode that begin a new line or paragraph without being controls. */
const NO_CONTROLS = [
  /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u,
  { message: '$property must not contain control characters or line breaks' },
] as const;

/** Text for people on one line: trimmed, not empty, at most `max` characters, no control characters. */
export const OneLine = (max: number) =>
  applyDecorators(Trimmed(), IsString(), MinLength(1), MaxLength(max), Matches(...NO_CONTROLS));

/** The same where nothing need be said: null, or text of no more than white space, is nothing. */
export const OptionalLine = (max: number) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() || null : value)),
    IsOptional(),
    IsString(),
    MaxLength(max),
    Matches(...NO_CONTROLS),
  );
