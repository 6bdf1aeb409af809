import { ChartFrame } from "@/components/charts/ChartFrame";
import { formatCount } from "@/lib/format";
import styles from "./Glance.module.css";

type Group = { by: readonly { value?: string | null; isOthers: boolean }[]; count: number };

/** How many of each, as bars beneath each other. What has no value is left out. */
export function Counts({ title, groups }: { title: string; groups: readonly Group[] }) {
  const rows = groups.flatMap(({ by: [key], count }) => {
    const name = key?.isOthers ? "others" : key?.value;
    return name ? [{ name, count }] : [];
  });
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const isEmpty = rows.length === 0;
  return (
    <ChartFrame
      title={title}
      value={isEmpty ? "none" : ""}
      lines={isEmpty ? undefined : () => [["name", "count"], ...rows.map((row) => [row.name, row.count])]}
    >
      <table className={styles.counts}>
        <tbody>
          {rows.map(({ name, count }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <div style={{ width: `${(100 * count) / most}%` }} aria-hidden />
              </td>
              <td>{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ChartFrame>
  );
}
