import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect } from "react";
import { Menu, MenuTrigger } from "react-aria-components";
import { CheckItem } from "@/components/CheckItem";
import { IconButton } from "@/components/IconButton";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { useStored } from "@/lib/storage";
import { useSystemDark } from "@/lib/useSystemDark";

type Theme = "light" | "dark" | "system";
const parseTheme = (value: unknown): Theme | undefined =>
  value === "light" || value === "dark" || value === "system" ? value : undefined;
const ICONS = { light: Sun, dark: Moon, system: Monitor };

export function ThemeMenu() {
  const [theme, setTheme] = useStored<Theme>("theme", parseTheme, "system");
  const isSystemDark = useSystemDark();
  const shown = theme === "system" ? (isSystemDark ? "dark" : "light") : theme;
  useEffect(() => {
    document.documentElement.dataset.theme = shown;
  }, [shown]);
  const Icon = ICONS[theme];
  return (
    <MenuTrigger>
      <IconButton label="Theme">
        <Icon aria-hidden />
      </IconButton>
      <MenuPopover>
        <Menu
          aria-label="Theme"
          className={menuStyles.menu ?? ""}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[theme]}
          onSelectionChange={(keys) => setTheme(parseTheme([...keys][0]) ?? "system")}
        >
          <CheckItem id="system" label="System" />
          <CheckItem id="light" label="Light" />
          <CheckItem id="dark" label="Dark" />
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}
