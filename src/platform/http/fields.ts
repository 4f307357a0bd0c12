import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';

/** The field may be left out; unlike `@IsOptional`, null is not taken for that. */
export const Omittable = () => ValidateIf((_: object, value: unknown) => value !== undefined);

/** Takes white space from both ends before the rules are checked. */
export const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

const NO_CONTROLS = [/^\P{Cc}*$/u, { message: '$property must not contain control characters' }] as const;

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
