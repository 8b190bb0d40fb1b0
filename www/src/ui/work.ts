/** What the page needs once there is something to work on: fetched with the first file, menu or dialog, so that the first paint is light. */
import "./board.ts";
import "./customer.ts";
import "./customers.ts";
import "./dialogs.ts";
import "./filterbar.ts";
import "./import.ts";
import "./palette.ts";
import "./room.ts";
import "./selection.ts";
import "./sheet.ts";

export { echarts } from "./frame.ts";
