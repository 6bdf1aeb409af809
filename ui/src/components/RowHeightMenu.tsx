import { Rows3 } from "lucide-react";
import { Menu, MenuTrigger } from "react-aria-components";
import { CheckItem } from "@/components/CheckItem";
import { IconButton } from "@/components/IconButton";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { parseRowHeight, ROW_HEIGHT_LABELS, type RowHeight } from "@/components/rowHeight";

type RowHeightMenuProps = { height: RowHeight; onHeight: (height: RowHeight) => void };

export function RowHeightMenu({ height, onHeight }: RowHeightMenuProps) {
  return (
    <MenuTrigger>
      <IconButton label="Row height" kind="plain">
        <Rows3 aria-hidden />
      </IconButton>
      <MenuPopover>
        <Menu
          aria-label="Row height"
          className={menuStyles.menu ?? ""}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[height]}
          onSelectionChange={(keys) => onHeight(parseRowHeight([...keys][0]) ?? height)}
        >
          {Object.entries(ROW_HEIGHT_LABELS).map(([id, label]) => (
            <CheckItem key={id} id={id} label={label} />
          ))}
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}
