export { erasedAddress, isErasedAddress } from './erased-address.js';
export {
  PersonalData,
  type DataSubject,
  type Erased,
  type OpenMatter,
  type Person,
  type PersonalDataSource,
} from './personal-data.js';
export { RetentionProgress } from './retention-progress.js';
