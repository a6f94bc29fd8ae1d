import { admins, type Operation } from '../openapi/operation.js';
import { subjectSchema } from './routes.js';

const lines = ['application/x-ndjson'];

/** What a person may ask for. */
export const privacyOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/privacy/export',
    id: 'exportPerson',
    summary: 'Everything that is stored about a visitor or a user',
    access: admins,
    body: subjectSchema,
    answers: { 200: { description: 'Lines `{table, row}`, the last `{"done": true}`', types: lines } },
    refusals: [404],
  },
  {
    method: 'post',
    path: '/api/v1/privacy/erase',
    id: 'erasePerson',
    summary: 'Erase a visitor or a user',
    access: admins,
    body: subjectSchema,
    answers: { 200: { description: 'Lines `{progress}`, the last `{receipt}`', types: lines } },
    refusals: [404],
  },
];
