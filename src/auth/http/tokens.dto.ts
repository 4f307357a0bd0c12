import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Omittable } from '../../platform/http/fields.js';

export class RefreshRequest {
  @ApiProperty({
    type: 'string',
    required: false,
    maxLength: 200,
    description: 'The last one given; good once. Left out where it is in the cookie',
    example: '0mH3sX1q2w8J4c5V6b7N8m9K0l1P2o3I4u5Y6t7R8e9',
  })
  @Omittable()
  @IsString()
  @MaxLength(200)
  refreshToken?: string;
}
