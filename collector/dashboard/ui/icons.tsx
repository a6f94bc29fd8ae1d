import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const stroke = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 1.8,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const;

export const CloseIcon = () => (
  <Icon>
    <path {...stroke} d="M5 5l10 10M15 5L5 15" />
  </Icon>
);

export const DownIcon = () => (
  <Icon>
    <path {...stroke} d="M5.5 8l4.5 4.5L14.5 8" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle {...stroke} cx="9" cy="9" r="5.2" />
    <path {...stroke} d="M13 13l3.5 3.5" />
  </Icon>
);

export const FilterIcon = () => (
  <Icon>
    <path {...stroke} d="M3.5 5.5h13M6 10h8M8.5 14.5h3" />
  </Icon>
);

export const ExpandIcon = () => (
  <Icon>
    <path {...stroke} d="M12 4h4v4M16 4l-5 5M8 16H4v-4M4 16l5-5" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path {...stroke} d="M10 3.5v9M6.3 9l3.7 3.7L13.7 9M4 16.5h12" />
  </Icon>
);

export const TableIcon = () => (
  <Icon>
    <path {...stroke} d="M3.5 4.5h13v11h-13zM3.5 8.5h13M8.5 8.5v7" />
  </Icon>
);

export const NoteIcon = () => (
  <Icon>
    <path {...stroke} d="M10 4.5v11M4.5 10h11" />
  </Icon>
);

export const UpIcon = () => (
  <Icon>
    <path {...stroke} d="M6 14l8-8M7.5 6H14v6.5" />
  </Icon>
);

export const FallIcon = () => (
  <Icon>
    <path {...stroke} d="M6 6l8 8M14 7.5V14H7.5" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path {...stroke} d="M4.5 10.5l3.7 3.7 7.3-8" />
  </Icon>
);

export const KeyboardIcon = () => (
  <Icon>
    <path {...stroke} d="M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.7h7" />
  </Icon>
);

/** The sign of Footfall. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="32" height="32" rx="8" />
      <path class="mark-step" d="M8 25v-6h4v6zM14 25V14h4v11zM20 25V7h4v18z" />
    </svg>
  );
}
