import '../report.css';
import './experiments.css';
import { useParameter } from '../../state/address.js';
import type { ViewProps } from '../views.js';
import { ExperimentList } from './experiment-list.js';
import { ExperimentResults } from './experiment-results.js';

/** The experiments of the site, and what one of them says. */
export default function Experiments({ scope }: ViewProps) {
  const name = useParameter('experiment');
  if (name === undefined) return <ExperimentList scope={scope} />;
  return <ExperimentResults key={name} scope={scope} name={name} />;
}
