import { ApiHeader } from '@nestjs/swagger';

/** For routes that a guest opens with the token of the order. */
export const ApiOrderToken = () =>
  ApiHeader({
    name: 'Order-Token',
    required: false,
    description: "A guest's key to the order",
    schema: { type: 'string', maxLength: 200 },
    example: 'ot1_Gm2Y8Q',
  });
