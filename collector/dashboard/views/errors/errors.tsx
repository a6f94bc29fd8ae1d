import '../report.css';
import './errors.css';
import { useParameter } from '../../state/address.js';
import type { ViewProps } from '../views.js';
import { ErrorDetail } from './error-detail.js';
import { ErrorList } from './error-list.js';

/** The errors of the site's pages as bugs, and one of them. */
export default function Errors({ scope }: ViewProps) {
  const id = useParameter('error');
  return id === undefined ? <ErrorList scope={scope} /> : <ErrorDetail key={id} scope={scope} id={id} />;
}
