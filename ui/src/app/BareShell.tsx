import { Outlet } from "@tanstack/react-router";
import { CircleHelp } from "lucide-react";
import { useState } from "react";
import { BrandMark } from "@/app/BrandMark";
import { ConnectionIndicator } from "@/app/ConnectionIndicator";
import { KeysOverlay } from "@/app/KeysOverlay";
import { ThemeMenu } from "@/app/ThemeMenu";
import { useWindowTitle } from "@/app/useWindowTitle";
import { IconButton } from "@/components/IconButton";
import { Toasts } from "@/components/Toasts";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./Shell.module.css";

/** A page without ways to the rest of the application. */
export function BareShell() {
  const [showsKeys, setShowsKeys] = useState(false);
  useHotkeys({ "?": () => setShowsKeys(true) });
  useWindowTitle();
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <header className={styles.bar}>
        <span className={styles.brand}>
          <BrandMark />
          <span>Cairn</span>
        </span>
        <div className={styles.end}>
          <ConnectionIndicator />
          <IconButton label="Keyboard shortcuts" shortcut="?" onPress={() => setShowsKeys(true)}>
            <CircleHelp aria-hidden />
          </IconButton>
          <ThemeMenu />
        </div>
      </header>
      <div className={styles.room}>
        <main id="main" tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
      <Toasts />
      <KeysOverlay isOpen={showsKeys} onOpenChange={setShowsKeys} />
    </div>
  );
}
