import { useEffect, useState } from "react";

/** Whether the page is dark: as the system is, until the person says otherwise; `?theme=` decides first. */
export function useDark(): [dark: boolean, setDark: (dark: boolean) => void] {
  const [chosen, setChosen] = useState<boolean | undefined>(themeOfAddress);
  const [system, setSystem] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const listener = () => setSystem(query.matches);
    query.addEventListener("change", listener);
    return () => query.removeEventListener("change", listener);
  }, []);
  return [chosen ?? system, setChosen];
}

function themeOfAddress(): boolean | undefined {
  const theme = new URLSearchParams(location.search).get("theme");
  return theme === "dark" ? true : theme === "light" ? false : undefined;
}
