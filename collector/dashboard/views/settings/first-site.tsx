import '../report.css';
import './settings.css';
import { Card } from '../../ui/card.js';
import { NewSite } from './site.js';

// When the site is there the page shows it, and this is gone.
const ending = { done() {}, show() {} };

/** Where there is no site yet: the form of the first one. */
export default function FirstSite() {
  return (
    <div class="settings-content">
      <Card title="The first site">
        <NewSite ending={ending} />
      </Card>
    </div>
  );
}
