import { useEffect, useState } from 'preact/hooks';

const quietMs = 250;

/** A text once nobody has changed it for a moment: for what is asked while somebody types. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), quietMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
