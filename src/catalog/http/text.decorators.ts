import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateBy,
  ValidateIf,
  type ValidationOptions,
} from 'class-validator';
import { MAX } from '../domain/limits.js';

/** May be absent, but not null: unlike `IsOptional`, which lets both pass. */
export const IfGiven = () => ValidateIf((_body, value) => value !== undefined);

const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : value);
const NO_CONTROLS = /^\P{Cc}*$/u;

/** One line of text, without blanks around it. */
export const Line = (min: number, max: number) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => trimmed(value)),
    IsString(),
    MinLength(min),
    MaxLength(max),
    Matches(NO_CONTROLS, { message: '$property must be one line without control characters' }),
  );

/** The same for each text of an array. `without` names characters that it must not hold. */
export const Lines = (max: number, without = '') =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(trimmed) : value)),
    IsString({ each: true }),
    MinLength(1, { each: true }),
    MaxLength(max, { each: true }),
    Matches(new RegExp(`^[^\\p{Cc}${without}]*$`, 'u'), {
      each: true,
      message: `each value in $property must be one line without control characters${without && ` or ${without}`}`,
    }),
  );

/** An address by http or https, or one within the server ("/images/mug.png"). */
export const ImageUrl = () =>
  applyDecorators(
    IsString(),
    MaxLength(MAX.url),
    Matches(/^(https?:\/\/[^\s\p{Cc}]+|\/(?!\/)[^\s\p{Cc}]*)$/iu, {
      message: '$property must be an address by http or https, or a path that begins with /',
    }),
  );

/** A value for each option: `{ "Size": "M" }`. */
export const IsOptionValues = (options?: ValidationOptions) =>
  ValidateBy(
    {
      name: 'isOptionValues',
      validator: {
        validate: isOptionValues,
        defaultMessage: () =>
          `$property must be an object of at most ${MAX.optionsOfProduct} names, each with a text of 1 to ${MAX.optionValue} characters`,
      },
    },
    options,
  );

function isOptionValues(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX.optionsOfProduct &&
    entries.every(([name, text]: [string, unknown]) => isLine(name, MAX.optionName) && isLine(text, MAX.optionValue))
  );
}

function isLine(text: unknown, max: number): boolean {
  return (
    typeof text === 'string' && text.trim() === text && text.length >= 1 && text.length <= max && NO_CONTROLS.test(text)
  );
}
