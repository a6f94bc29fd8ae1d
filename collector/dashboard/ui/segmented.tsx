import { addressWith, follow } from '../state/address.js';

type Props = {
  /** What is chosen, for screen readers. */
  title: string;
  /** The parameter of the address that holds the choice. */
  parameter: string;
  /** The first one stands for no parameter. */
  choices: readonly { value: string; title: string }[];
  chosen: string;
};

/** A choice of a few that is part of the address. */
export function Segmented({ title, parameter, choices, chosen }: Props) {
  return (
    <nav class="segmented-links" aria-label={title}>
      {choices.map((choice, at) => {
        const change = { [parameter]: at === 0 ? null : choice.value };
        return (
          <a
            key={choice.value}
            href={addressWith(change)}
            aria-current={choice.value === chosen ? 'true' : undefined}
            onClick={(event) => follow(event, change)}
          >
            {choice.title}
          </a>
        );
      })}
    </nav>
  );
}
