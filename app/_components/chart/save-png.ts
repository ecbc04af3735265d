import type { Series } from "./series";

export interface Picture {
  title: string;
  board: string;
  series: readonly Series[];
}

const fontOf = (weight: number, px: number) => `${weight} ${px}px ${getComputedStyle(document.body).fontFamily}`;
const marginPx = 24;
const headPx = 62;
const legendRowPx = 24;
/** Pixels of the picture for each of the page. */
const sharpness = 2;
/** What the page's stylesheet decides, and a picture has to be told. */
const inherited = [
  ...["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "color"],
  ...["font-family", "font-size", "font-weight", "text-anchor"],
];

/** Saves a chart as it looks now, with title, board and legend drawn in. Rejects where the browser cannot. */
export async function savePng(chart: SVGSVGElement, picture: Picture): Promise<void> {
  const image = await imageOf(chart);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no pictures");
  const width = image.width + 2 * marginPx;
  const legend = legendPlaces(context, picture.series, image.width);
  canvas.width = width * sharpness;
  canvas.height = (headPx + image.height + legend.height + 2 * marginPx) * sharpness;
  context.scale(sharpness, sharpness);
  context.fillStyle = backgroundBehind(chart);
  context.fillRect(0, 0, width, canvas.height);
  context.translate(marginPx, marginPx);
  drawHead(context, picture, image.width);
  context.drawImage(image, 0, headPx, image.width, image.height);
  context.translate(0, headPx + image.height);
  drawLegend(context, legend.places, chart);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the picture is too large for this browser");
  download(blob, fileName(picture));
}

/** A file's name of letters, digits and dashes alone. */
export function fileName({ board, title }: Pick<Picture, "board" | "title">): string {
  const plain = `${board} ${title}`.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return `${[...plain].slice(0, 80).join("") || "chart"}.png`;
}

async function imageOf(chart: SVGSVGElement): Promise<HTMLImageElement> {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  copy.querySelector("[data-cursor]")?.remove();
  const originals = [...chart.querySelectorAll("*")].filter((element) => !element.closest("[data-cursor]"));
  const copies = [...copy.querySelectorAll("*")];
  originals.forEach((original, i) => {
    const style = getComputedStyle(original);
    for (const name of inherited) copies[i]?.setAttribute(name, style.getPropertyValue(name));
    copies[i]?.removeAttribute("style");
    copies[i]?.removeAttribute("class");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const url = URL.createObjectURL(
    new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml;charset=utf-8" }),
  );
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function drawHead(context: CanvasRenderingContext2D, { title, board }: Picture, width: number): void {
  const { color } = getComputedStyle(document.body);
  context.fillStyle = color;
  context.textBaseline = "top";
  context.font = fontOf(700, 20);
  context.fillText(title, 0, 0, width);
  context.font = fontOf(400, 15);
  context.globalAlpha = 0.75;
  context.fillText(board, 0, 29, width);
  context.globalAlpha = 1;
}

interface Placed {
  line: Series;
  x: number;
  y: number;
}

/** In rows as wide as the chart. */
function legendPlaces(context: CanvasRenderingContext2D, series: readonly Series[], width: number) {
  context.font = fontOf(400, 14);
  const places: Placed[] = [];
  let [x, y] = [0, legendRowPx / 2];
  for (const line of series) {
    const needed = 28 + context.measureText(line.label).width + 20;
    if (x > 0 && x + needed > width) [x, y] = [0, y + legendRowPx];
    places.push({ line, x, y });
    x += needed;
  }
  return { places, height: y + legendRowPx / 2 };
}

function drawLegend(context: CanvasRenderingContext2D, places: readonly Placed[], chart: SVGSVGElement): void {
  const lines = [...chart.querySelectorAll<SVGElement>("[data-series]")];
  const { color: ink } = getComputedStyle(document.body);
  context.font = fontOf(400, 14);
  context.textBaseline = "middle";
  context.lineWidth = 4;
  for (const { line, x, y } of places) {
    const drawn = lines.find(({ dataset }) => dataset.series === line.id);
    context.strokeStyle = drawn ? getComputedStyle(drawn).color : ink;
    context.setLineDash(line.dashed ? [7, 4] : []);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 18, y);
    context.stroke();
    context.fillStyle = ink;
    context.fillText(line.label, x + 28, y);
  }
}

function backgroundBehind(chart: SVGSVGElement): string {
  const box = chart.parentElement ?? document.body;
  return getComputedStyle(box).backgroundColor;
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  // The browser may read it only after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
