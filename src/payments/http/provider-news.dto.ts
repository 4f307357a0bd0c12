import { ApiProperty } from '@nestjs/swagger';

export class ProviderNewsReceivedResponse {
  @ApiProperty({ type: Boolean, description: 'The delivery is on record, now or before', example: true })
  received!: true;
}
