const exceptions = new Map([
  ['samsung_internet', 'samsung'],
  ['uc_browser', 'ucbrowser'],
  ['qq_browser', 'qqbrowser'],
  ['huawei_browser', 'huawei'],
  ['miui_browser', 'miui'],
  ['windows_phone', 'windows_mobile'],
]);

/** The common lower-case name that the fixtures use for a browser or a system. */
export function commonName(name: string | null): string | null {
  const plain = name?.toLowerCase().replaceAll(' ', '_') ?? null;
  return plain === null ? null : (exceptions.get(plain) ?? plain);
}
