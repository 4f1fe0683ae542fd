export * from './catalogue.ts';
export * from './handlers.ts';
export * from './work-item.ts';
