import { Module } from '@nestjs/common';
import { BuiltInRoles } from './app/built-in-roles.js';
import { ProfileService } from './app/profile.service.js';
import { RolesRepository } from './data/roles.repository.js';
import { UsersRepository } from './data/users.repository.js';
import { ProfileController } from './http/profile.controller.js';
import { UsersFacade } from './users.facade.js';

@Module({
  controllers: [ProfileController],
  providers: [UsersFacade, UsersRepository, RolesRepository, BuiltInRoles, ProfileService],
  exports: [UsersFacade],
})
export class UsersModule {}
