import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'FieldError' })
export class FieldErrorDto {
  @ApiProperty({ description: 'JSON pointer into the body, or `query:name`, `path:name`', example: '/email' })
  pointer!: string;
  @ApiProperty({ description: 'The rule that is broken', example: 'isEmail' })
  code!: string;
  @ApiProperty({ description: 'For people', example: 'email must be an email' })
  detail!: string;
}

/** RFC 9457. Further members stand beside these where an error has more to say (`items` of a shortage, `orderId`). */
@ApiSchema({ name: 'Problem' })
export class ProblemDto {
  @ApiProperty({ example: 'about:blank', description: 'A URI reference; `code` tells problems apart' })
  type!: string;
  @ApiProperty({ example: 'Unprocessable Content', description: 'The status in words' })
  title!: string;
  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 422, description: 'The HTTP status' })
  status!: number;
  @ApiProperty({ example: 'Some values are not acceptable.', description: 'What is wrong, for people' })
  detail!: string;
  @ApiProperty({ example: '/v1/orders', description: 'The path that was asked for' })
  instance!: string;
  @ApiProperty({ example: 'request.invalid', description: 'Stable; `area.reason`' })
  code!: string;
  @ApiProperty({ example: '0198c5f0-7b7e-7000-8000-000000000000', description: 'Names this request in our logs' })
  requestId!: string;
  @ApiPropertyOptional({ type: [FieldErrorDto], description: 'What is wrong with which value' })
  errors?: FieldErrorDto[];
}
