import { duration, flag, oneOf, port, text } from './fields.ts';
import { variable } from './variable.ts';

export const logVariables = {
  LOG_LEVEL: variable(oneOf('debug', 'info', 'warn', 'error').default('info'), {
    description: 'Least severe level that is logged.',
    example: 'info',
  }),
};

export const modeVariables = {
  HEADWATER_INSECURE: variable(flag().default(false), {
    description:
      'Local mode: plain connections, no sign-in but the administrator token. For one machine only.',
    example: '1',
  }),
  HEADWATER_LANG: variable(oneOf('en', 'ko').default('en'), {
    description: 'Language of texts that people read.',
    example: 'ko',
  }),
};

/** Where an app serves HTTP. Port 0 lets the operating system choose. */
export const httpVariables = (defaultPort: number) => ({
  HEADWATER_HTTP_HOST: variable(text().default('127.0.0.1'), {
    description: 'Address the app listens on.',
    example: '127.0.0.1',
  }),
  HEADWATER_HTTP_PORT: variable(port().default(defaultPort), {
    description: 'Port the app listens on; 0 lets the operating system choose.',
    example: String(defaultPort),
  }),
});

export const drainVariables = {
  HEADWATER_DRAIN_DEADLINE: variable(duration().prefault('10s'), {
    description: 'Longest orderly stop before the process ends itself.',
    example: '10s',
  }),
};
