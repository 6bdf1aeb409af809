import { Link, Outlet } from "@tanstack/react-router";
import { CircleHelp, Command, SquareTerminal } from "lucide-react";
import { useState } from "react";
import { BrandMark } from "@/app/BrandMark";
import { Breadcrumbs } from "@/app/Breadcrumbs";
import { CommandPalette } from "@/app/CommandPalette";
import { ConnectionIndicator } from "@/app/ConnectionIndicator";
import { KeysOverlay } from "@/app/KeysOverlay";
import { NarrowMenu } from "@/app/NarrowMenu";
import { Sidebar } from "@/app/Sidebar";
import { ThemeMenu } from "@/app/ThemeMenu";
import { buttonClass } from "@/components/Button";
import { IconButton } from "@/components/IconButton";
import { Toasts } from "@/components/Toasts";
import { useChord, useHotkeys } from "@/lib/hotkeys";
import { explorerPath, WORKSPACE } from "@/lib/workspace";
import styles from "./Shell.module.css";

export function Shell() {
  const [showsKeys, setShowsKeys] = useState(false);
  const [showsPalette, setShowsPalette] = useState(false);
  useHotkeys({ "?": () => setShowsKeys(true) });
  useChord("k", () => setShowsPalette(!showsPalette));
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <header className={styles.bar}>
        <NarrowMenu />
        <Link
          to="/$workspace/projects"
          params={{ workspace: WORKSPACE }}
          search={{}}
          className={styles.brand}
          aria-label="Cairn, to the projects"
        >
          <BrandMark />
          <span>Cairn</span>
        </Link>
        <Breadcrumbs />
        <div className={styles.end}>
          <IconButton label="Command palette" shortcut="Ctrl K" onPress={() => setShowsPalette(true)}>
            <Command aria-hidden />
          </IconButton>
          <ConnectionIndicator />
          <a
            href={explorerPath(WORKSPACE)}
            className={`${buttonClass("quiet", true)} ${styles.wide}`}
            aria-label="GraphiQL"
            title="GraphiQL"
          >
            <SquareTerminal aria-hidden />
          </a>
          <IconButton label="Keyboard shortcuts" shortcut="?" onPress={() => setShowsKeys(true)}>
            <CircleHelp aria-hidden />
          </IconButton>
          <ThemeMenu />
        </div>
      </header>
      <div className={styles.room}>
        <Sidebar />
        <main id="main" tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
      <Toasts />
      <CommandPalette isOpen={showsPalette} onOpenChange={setShowsPalette} onKeys={() => setShowsKeys(true)} />
      <KeysOverlay isOpen={showsKeys} onOpenChange={setShowsKeys} />
    </div>
  );
}
