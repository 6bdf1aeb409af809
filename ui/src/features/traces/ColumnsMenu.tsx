import { Columns3 } from "lucide-react";
import { Menu, MenuItem, MenuTrigger, Separator } from "react-aria-components";
import { CheckItem } from "@/components/CheckItem";
import { IconButton } from "@/components/IconButton";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { TRACE_COLUMNS } from "@/features/traces/TraceRow";
import type { TraceColumns } from "@/features/traces/useTraceColumns";

const RESET = "reset";

export function ColumnsMenu({ columns }: { columns: TraceColumns }) {
  const shown = columns.headers.map(({ column }) => column.id);
  return (
    <MenuTrigger>
      <IconButton label="Columns" kind="plain">
        <Columns3 aria-hidden />
      </IconButton>
      <MenuPopover>
        <Menu
          aria-label="Columns"
          className={menuStyles.menu ?? ""}
          selectionMode="multiple"
          selectedKeys={shown}
          onSelectionChange={(keys) => {
            if (keys === "all") return;
            columns.table.setColumnVisibility(
              Object.fromEntries(TRACE_COLUMNS.map(({ id }) => [id, id === "name" || keys.has(id)])),
            );
          }}
          onAction={(key) => {
            if (key === RESET) columns.reset();
          }}
        >
          {TRACE_COLUMNS.map((column) => (
            <CheckItem key={column.id} id={column.id} label={column.label} isDisabled={column.id === "name"} />
          ))}
          <Separator className={menuStyles.line ?? ""} />
          <MenuItem id={RESET} className={menuStyles.item ?? ""}>
            <span className={menuStyles.check} /> Reset columns
          </MenuItem>
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}
