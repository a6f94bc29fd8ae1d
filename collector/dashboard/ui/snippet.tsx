import { useState } from 'preact/hooks';

const shownMs = 2_000;

/** Text to copy. */
export function Snippet({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), shownMs);
    });
  };
  return (
    <div class="snippet">
      <code dir="ltr">{text}</code>
      {/* Where the page is not served safely browsers have no clipboard: the text can be selected. */}
      {'clipboard' in navigator && (
        <button type="button" class="button small" onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
        </button>
      )}
    </div>
  );
}
