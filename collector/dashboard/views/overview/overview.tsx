import { askQuery, queryBody } from '../../api/query.js';
import { useAnswer } from '../../api/use-answer.js';
import { formatShort } from '../../format/numbers.js';
import { Card } from '../../ui/card.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../views.js';

export default function Overview({ scope }: ViewProps) {
  const body = queryBody(scope, { metrics: ['visitors'], isCompared: true });
  const asked = useAnswer(body, (signal) => askQuery(body, signal));
  return (
    <Card title="Numbers">
      <Answered asked={asked}>
        {(answer) => <p>{formatShort(answer.results[0]?.metrics[0], 'count')}</p>}
      </Answered>
    </Card>
  );
}
