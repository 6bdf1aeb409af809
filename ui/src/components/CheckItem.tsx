import { Check } from "lucide-react";
import { MenuItem } from "react-aria-components";
import styles from "./Menu.module.css";

type CheckItemProps = { id: string; label: string; isDisabled?: boolean };

/** An entry of a menu from which one or several may be chosen. */
export function CheckItem({ id, label, isDisabled }: CheckItemProps) {
  return (
    <MenuItem id={id} textValue={label} isDisabled={isDisabled ?? false} className={styles.item ?? ""}>
      {({ isSelected }) => (
        <>
          <span className={styles.check}>{isSelected && <Check aria-hidden />}</span>
          {label}
        </>
      )}
    </MenuItem>
  );
}
