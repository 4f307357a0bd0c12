import { ApiProperty } from '@nestjs/swagger';
import { ALL_PERMISSIONS } from '../../../platform/access/index.js';

/** What a role can be made of. */
export class PermissionResponse {
  @ApiProperty({ enum: ALL_PERMISSIONS, description: 'As roles name it', example: 'orders:read' })
  name!: string;

  @ApiProperty({ description: 'What it opens', maxLength: 500, example: "See and search everyone's orders" })
  description!: string;

  @ApiProperty({ description: 'Whether the caller holds it, and can therefore put it into a role', example: true })
  grantable!: boolean;
}

/** All permissions there are. */
export class PermissionsResponse {
  @ApiProperty({ type: [PermissionResponse], description: 'The permissions' })
  items!: PermissionResponse[];
}
