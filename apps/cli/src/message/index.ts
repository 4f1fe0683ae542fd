import { english, type Messages } from './en.ts';
import { korean } from './ko.ts';

export type { Messages } from './en.ts';

export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

export const messagesOf = (language: Language): Messages => (language === 'ko' ? korean : english);
