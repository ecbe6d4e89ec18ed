import { beforeEach, describe, expect, test, vi } from "vitest";

/** The browser's storage, as the settings see it. */
let kept: Map<string, string>;

/** The settings of a page that is opened at an address; each opening reads anew what the browser remembers. */
async function openedAt(search: string) {
  vi.resetModules();
  vi.stubGlobal("location", { search });
  return import("../../../../src/ui/settings/settings.ts");
}

describe("settings", () => {
  beforeEach(() => {
    kept = new Map();
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => kept.set(name, text),
    });
  });

  test("are remembered when a person chooses them", async () => {
    (await openedAt("")).setSettings({ theme: "light" });
    expect((await openedAt("")).settingsStore.getState()).toMatchObject({ theme: "light", fontSize: 14 });
  });

  test("of an address hold for the visit, also when another one is chosen meanwhile", async () => {
    const visit = await openedAt("?theme=dark&safety=preview");
    expect(visit.settingsStore.getState()).toMatchObject({ theme: "dark", commandPreview: true });
    visit.changeFontSize(2);
    expect(visit.settingsStore.getState()).toMatchObject({ theme: "dark", commandPreview: true, fontSize: 16 });
    const later = await openedAt("");
    expect(later.settingsStore.getState()).toMatchObject({ theme: "system", commandPreview: false, fontSize: 16 });
  });

  test("of an address give way to what is chosen after it", async () => {
    const visit = await openedAt("?theme=dark");
    visit.setSettings({ theme: "light" });
    expect(visit.settingsStore.getState().theme).toBe("light");
    expect((await openedAt("")).settingsStore.getState().theme).toBe("light");
  });

  test("that make no sense are as if never set", async () => {
    const { readSettings } = await openedAt("");
    expect(readSettings('{"theme":"pink","fontSize":900,"motion":"reduced","toString":1}')).toEqual({
      motion: "reduced",
    });
    expect(readSettings("no JSON")).toEqual({});
    expect(readSettings(undefined)).toEqual({});
  });
});
