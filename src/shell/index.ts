export { type Frame, type FrameEvents, FrameReader, type StepStatus } from './frames.js';
export { askAddress, type Giving, giveFile, renderSession, type Taking, takeFile } from './hand-on.js';
export type { LockRequest } from './lock.js';
export {
  type Become,
  type BecomeDetails,
  isVariableName,
  renderJob,
  renderLogin,
  renderStep,
  renderSteps,
  type Step,
  type StepMode,
} from './program.js';
export { canReceive, type Reception, renderReception } from './receive.js';
export { type Interpolation, joinScripts, quote, Script, sh } from './script.js';
