import type { ChangeService, ChangeTransaction } from '../changes/change.service.ts';
import { AppError } from '../errors.ts';
import type { PasswordService } from '../passwords/password.service.ts';
import { createProfileService } from '../profile/profile.service.ts';
import type { ClaimRole } from '../roles/role.assignments.ts';
import { guestType, userType } from '../roles/role.ladder.ts';
