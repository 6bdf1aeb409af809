import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect } from "react";
import { Menu, MenuTrigger } from "react-aria-components";
import { parseTheme, useTheme } from "@/app/theme";
import { CheckItem } from "@/components/CheckItem";
import { IconButton } from "@/components/IconButton";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { useSystemDark } from "@/lib/useSystemDark";

const ICONS = { light: Sun, dark: Moon, system: Monitor };

export function ThemeMenu() {
  const [theme, setTheme] = useTheme();
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
