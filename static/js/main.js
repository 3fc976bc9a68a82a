// Starts every behaviour. Each module finds its elements by their data- attributes, also in what htmx brings later.
import { startTheme } from "./theme.js";
import { startKeys } from "./keys.js";
import { startRows } from "./rows.js";
import { startAnswers } from "./answers.js";
import { startDialogs } from "./dialog.js";
import { startMessages } from "./messages.js";
import { startForms } from "./forms.js";
import { startColumns } from "./columns.js";
import { startFileDrops } from "./file-drop.js";
import { startRetries } from "./retry.js";
import { startLive } from "./live.js";
import { startCharts } from "./chart.js";
import { startMaps } from "./map.js";
import { startSecurityKeys } from "./security-key.js";

const onPage = [startTheme, startKeys, startRows, startDialogs, startMessages, startAnswers];
const onPart = [startForms, startColumns, startFileDrops, startCharts, startMaps, startRetries, startSecurityKeys, startLive];

for (const start of onPage) start();
for (const start of onPart) start(document);
// htmx says load for every part that it has put in; the whole body was started above.
document.addEventListener("htmx:load", (event) => {
  if (event.target === document.body) return;
  for (const start of onPart) start(event.target);
});
