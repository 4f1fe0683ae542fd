import { HeadwaterError, userError } from '@headwater/kernel';

/** The world moved between preview and execution, or a guard spoke up: the action is not carried out. */
export const refuse = (message: string): HeadwaterError =>
  userError({
    code: 'HW_RETENTION_REFUSED',
    message,
    fix: 'Plan again and look at what is shown.',
  });

export const isRefusal = (error: unknown): error is HeadwaterError =>
  error instanceof HeadwaterError &&
  (error.code === 'HW_RETENTION_REFUSED' || error.code === 'HW_KAFKA_TOPIC_MADE_AGAIN');
