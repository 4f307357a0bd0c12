import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { Omittable } from '../../platform/http/fields.js';

/** `cookie` of a request that signs in. */
export const CookieField = () =>
  applyDecorators(
    ApiProperty({
      type: 'boolean',
      required: false,
      default: false,
      description:
        'For web front ends: the refresh token comes as the cookie `__Host-backroom-refresh`, which no script can read, and not in the answer',
      example: false,
    }),
    Omittable(),
    IsBoolean(),
  );
