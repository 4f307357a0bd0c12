import { Module } from '@nestjs/common';
import { AccountPersons } from './app/account-persons.service.js';
import { AddressesService } from './app/addresses.service.js';
import { BuiltInRoles } from './app/built-in-roles.js';
import { ChangeUserService } from './app/change-user.service.js';
import { GrantableRoles } from './app/grantable-roles.js';
import { ProfileService } from './app/profile.service.js';
import { RolesService } from './app/roles.service.js';
import { TellOwner } from './app/tell-owner.js';
import { UsersPersonalData } from './app/users-personal-data.js';
import { AddressesRepository } from './data/addresses.repository.js';
import { RolesRepository } from './data/roles.repository.js';
import { UsersPersonalDataRepository } from './data/users-personal-data.repository.js';
import { UsersRepository } from './data/users.repository.js';
import { AddressesController } from './http/addresses.controller.js';
import { PermissionsController } from './http/permissions.controller.js';
import { ProfileController } from './http/profile.controller.js';
import { RolesController } from './http/roles.controller.js';
import { UsersController } from './http/users.controller.js';
import { UsersFacade } from './users.facade.js';

@Module({
  controllers: [ProfileController, AddressesController, UsersController, RolesController, PermissionsController],
  providers: [
    UsersFacade,
    UsersRepository,
    RolesRepository,
    AddressesRepository,
    BuiltInRoles,
    GrantableRoles,
    TellOwner,
    ProfileService,
    ChangeUserService,
    RolesService,
    AddressesService,
    AccountPersons,
    UsersPersonalData,
    UsersPersonalDataRepository,
  ],
  exports: [UsersFacade, AccountPersons],
})
export class UsersModule {}
