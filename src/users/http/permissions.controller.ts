import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  ALL_PERMISSIONS,
  CurrentUser,
  PERMISSIONS,
  RequirePermission,
  type SignedIn,
} from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { PermissionsResponse } from './dto/permission.dto.js';

@ApiTags('users')
@Controller('v1/permissions')
export class PermissionsController {
  @Get()
  @RequirePermission('roles:write')
  @ApiOperationOf(
    'listPermissions',
    'Permissions',
    'All that roles can be made of, and which of them the caller can give.',
  )
  @ApiOkResponse({ type: PermissionsResponse, description: 'The permissions' })
  @ApiProblems(400)
  list(@CurrentUser() user: SignedIn): PermissionsResponse {
    return {
      items: ALL_PERMISSIONS.map((name) => ({
        name,
        description: PERMISSIONS[name],
        grantable: user.permissions.has(name),
      })),
    };
  }
}
