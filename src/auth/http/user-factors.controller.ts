import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { ResetFactors } from '../app/reset-factors.service.js';

@ApiTags('users')
@Controller('v1/users')
export class UserFactorsController {
  constructor(private readonly factors: ResetFactors) {}

  @Delete(':id/factors')
  @HttpCode(204)
  @ApiParam({ name: 'id', description: 'The account', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  @RequirePermission('users:write')
  @ApiOperationOf(
    'resetUserFactors',
    "Reset an account's lost second factor",
    'Takes codes, recovery codes and passkeys away and ends the sessions of the account: its owner signs in with the password, or has ' +
      'a new one set by mail. Make sure who asks for it. Not for an account that may do more than you, nor for your own.',
  )
  @ApiNoContentResponse({ description: 'Reset' })
  @ApiProblems(400, 404, 422)
  reset(@CurrentUser() user: SignedIn, @Param('id') id: string): Promise<void> {
    return this.factors.reset(user, id);
  }
}
