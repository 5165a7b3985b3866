"use strict";
(function () {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const recordings = data.recordings;
  const events = data.events;
  let images = null;

  // ---------------------------------------------------------------- text

  const two = (number) => String(number).padStart(2, "0");
  const clock = (seconds) => {
    const total = Math.max(0, Math.floor(seconds));
    return two(Math.floor(total / 3600)) + ":" + two(Math.floor(total / 60) % 60) + ":" + two(total % 60);
  };
  const length = (seconds) => seconds < 60 ? seconds.toFixed(1) + " s" : clock(seconds);
  // Times of day are those of the reader's time zone.
  const moment = (milliseconds) => {
    const time = new Date(milliseconds);
    return time.getFullYear() + "-" + two(time.getMonth() + 1) + "-" + two(time.getDate()) + " " +
      two(time.getHours()) + ":" + two(time.getMinutes()) + ":" + two(time.getSeconds());
  };
  const dayOf = (milliseconds) => moment(milliseconds).slice(0, 10);
  const percent = (score) => Math.round(score * 100) + " %";
  const nameOf = (event) => event.g || event.l;
  const base = (path) => path.slice(path.lastIndexOf("/") + 1);

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "text") element.textContent = value;
      else if (key === "class") element.className = value;
      else if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };

  // ---------------------------------------------------------------- colours

  const names = [...new Set(events.map(nameOf))];
  const counts = new Map();
  for (const event of events) counts.set(nameOf(event), (counts.get(nameOf(event)) || 0) + 1);
  names.sort((a, b) => counts.get(b) - counts.get(a) || a.localeCompare(b));
  const hue = new Map(names.map((name, index) => [name, (index * 137.5 + 205) % 360]));
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => "hsl(" + hue.get(name) + " 65% " + (dark.matches ? "62%" : "42%") + ")";
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  for (const event of events) {
    event.time = recordings[event.r].first + event.s * 1000;
    event.day = dayOf(event.time);
    event.hour = new Date(event.time).getHours();
    event.words = [event.l, event.g || "", recordings[event.r].path, ...(event.z || []),
      ...(event.x || []).map((crossing) => crossing[0])].join(" ").toLowerCase();
  }
  events.sort((a, b) => a.time - b.time);

  // ---------------------------------------------------------------- filter

  const filter = { search: "", least: 0, from: null, to: null, zone: "", labels: new Set(names), day: null };
  let shown = events;

  const passes = (event, ignoresDay) =>
    filter.labels.has(nameOf(event)) && event.p * 100 >= filter.least &&
    (filter.from === null || event.time >= filter.from) && (filter.to === null || event.time <= filter.to) &&
    (filter.zone === "" || (event.z || []).includes(filter.zone) || (event.x || []).some((x) => x[0] === filter.zone)) &&
    (filter.search === "" || event.words.includes(filter.search)) &&
    (ignoresDay || filter.day === null || event.day === filter.day);

  const buildFilter = () => {
    // Fields for times are slow to draw, and the first view does not need them.
    for (const [id, text] of [["from", "From "], ["to", "To "]]) {
      byId("times").append(make("label", { text }, make("input", { id, type: "datetime-local", step: "1" })));
    }
    for (const name of names) {
      const box = make("input", { type: "checkbox", value: name });
      // A reset of the form checks it again.
      box.defaultChecked = true;
      const swatch = make("span", { class: "swatch", "aria-hidden": "true" });
      swatch.style.background = colour(name);
      byId("labels").append(make("label", {}, box, swatch, make("span", { text: name }),
        make("span", { class: "number", text: counts.get(name) })));
    }
    const places = [...new Set(events.flatMap((event) => [...(event.z || []), ...(event.x || []).map((x) => x[0])]))].sort();
    for (const place of places) byId("zone").append(make("option", { value: place, text: place }));
    byId("zone-field").hidden = places.length === 0;
    const read = () => {
      filter.search = byId("search").value.trim().toLowerCase();
      filter.least = Number(byId("least").value);
      byId("least-text").textContent = filter.least + " %";
      filter.from = byId("from").value ? new Date(byId("from").value).getTime() : null;
      filter.to = byId("to").value ? new Date(byId("to").value).getTime() : null;
      filter.zone = byId("zone").value;
      filter.labels = new Set([...byId("labels").querySelectorAll("input:checked")].map((box) => box.value));
      apply();
    };
    byId("filter").addEventListener("input", read);
    byId("filter").addEventListener("submit", (event) => event.preventDefault());
    byId("filter").addEventListener("reset", () => { filter.day = null; setTimeout(read, 0); });
  };

  // ---------------------------------------------------------------- days, hours, lines

  const buildDays = () => {
    const perDay = new Map();
    for (const event of events) if (passes(event, true)) perDay.set(event.day, (perDay.get(event.day) || 0) + 1);
    const recorded = new Set();
    for (const recording of recordings) {
      for (let time = recording.first; time <= recording.first + recording.length * 1000; time += 3600000) recorded.add(dayOf(time));
      recorded.add(dayOf(recording.first + recording.length * 1000));
    }
    const most = Math.max(1, ...perDay.values());
    const months = [...new Set([...recorded].map((day) => day.slice(0, 7)))].sort();
    const panel = byId("days");
    const place = panel.scrollTop;
    panel.textContent = "";
    for (const month of months) {
      const [year, number] = month.split("-").map(Number);
      const grid = make("div", { class: "grid" });
      for (const letter of ["M", "T", "W", "T", "F", "S", "S"]) grid.append(make("span", { text: letter, "aria-hidden": "true" }));
      for (let blank = (new Date(year, number - 1, 1).getDay() + 6) % 7; blank > 0; blank--) grid.append(make("span"));
      for (let day = 1; day <= new Date(year, number, 0).getDate(); day++) {
        const key = month + "-" + two(day);
        const count = perDay.get(key) || 0;
        const button = make("button", {
          type: "button", class: "day", text: day, "aria-pressed": filter.day === key ? "true" : "false",
          "aria-label": key + ", " + count + (count === 1 ? " event" : " events")
        });
        button.disabled = !recorded.has(key);
        if (count > 0) {
          const heat = make("span", { class: "heat", "aria-hidden": "true" });
          heat.style.opacity = 0.3 + 0.7 * count / most;
          button.append(heat);
        }
        button.addEventListener("click", () => {
          filter.day = filter.day === key ? null : key;
          apply();
          const again = [...panel.querySelectorAll(".day")].find((other) => other.getAttribute("aria-label").startsWith(key));
          if (again) again.focus();
        });
        grid.append(button);
      }
      const title = new Date(year, number - 1, 1).toLocaleDateString(undefined, { month: "long", year: "numeric" });
      panel.append(make("div", { class: "month" }, make("h3", { text: title }), grid));
    }
    panel.scrollTop = place;
  };

  const buildHours = () => {
    const perHour = new Array(24).fill(0);
    for (const event of shown) perHour[event.hour]++;
    const most = Math.max(1, ...perHour);
    const busiest = perHour.indexOf(Math.max(...perHour));
    const chart = make("div", {
      class: "hours", role: "img",
      "aria-label": "Events per hour of the day; most at " + two(busiest) + ":00: " + perHour[busiest]
    });
    perHour.forEach((count, hour) => {
      const bar = make("div", { title: two(hour) + ":00: " + count });
      bar.style.height = 100 * count / most + "%";
      chart.append(bar);
    });
    byId("hours").replaceChildren(chart, make("div", { class: "axis", "aria-hidden": "true" },
      ...["00", "06", "12", "18", "24"].map((text) => make("span", { text }))));
  };

  const buildLines = () => {
    const rows = new Map();
    for (const event of shown) for (const [line, direction] of event.x || []) {
      const key = JSON.stringify([line, direction, nameOf(event)]);
      rows.set(key, (rows.get(key) || 0) + 1);
    }
    byId("lines-panel").hidden = !events.some((event) => event.x);
    const head = make("tr", {}, ...["Line", "Direction", "Label"].map((text) => make("th", { text, scope: "col" })),
      make("th", { text: "Count", scope: "col", class: "number" }));
    const body = [...rows].sort().map(([key, count]) => {
      const [line, direction, name] = JSON.parse(key);
      return make("tr", {}, ...[line, direction, name].map((text) => make("td", { text })), make("td", { text: count, class: "number" }));
    });
    byId("lines").replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
  };

  // ---------------------------------------------------------------- heat map of paths

  const prepare = (canvas, width, height) => {
    const scale = Math.min(2, devicePixelRatio || 1);
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.style.height = height + "px";
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  };

  const buildViews = () => {
    const paths = new Map();
    for (const event of events) if (event.w) paths.set(event.r, (paths.get(event.r) || 0) + 1);
    const withPaths = [...paths.keys()].sort((a, b) => paths.get(b) - paths.get(a) || a - b);
    byId("paths-panel").hidden = withPaths.length === 0;
    for (const index of withPaths) byId("view").append(make("option", { value: index, text: base(recordings[index].path) }));
    byId("view").addEventListener("change", drawHeat);
  };

  const drawHeat = () => {
    if (byId("paths-panel").hidden) return;
    const index = Number(byId("view").value);
    const canvas = byId("heat");
    const view = images && images.views[index];
    const draw = (picture) => {
      const width = canvas.clientWidth;
      const height = picture ? width * picture.naturalHeight / picture.naturalWidth : width * 9 / 16;
      const context = prepare(canvas, width, height);
      if (picture) { context.globalAlpha = 0.65; context.drawImage(picture, 0, 0, width, height); context.globalAlpha = 1; }
      const columns = 96, rows = 54, cells = new Float32Array(columns * rows);
      for (const event of shown) {
        if (event.r !== index || !event.w) continue;
        for (let place = 1; place < event.w.length; place++) {
          const [a, b] = [event.w[place - 1], event.w[place]];
          const steps = Math.max(1, Math.ceil(Math.hypot(a[0] - b[0], a[1] - b[1]) * columns * 2));
          for (let step = 0; step <= steps; step++) {
            const x = a[0] + (b[0] - a[0]) * step / steps, y = a[1] + (b[1] - a[1]) * step / steps;
            const column = Math.min(columns - 1, Math.max(0, Math.floor(x * columns)));
            const row = Math.min(rows - 1, Math.max(0, Math.floor(y * rows)));
            cells[row * columns + column] += 1 / steps;
          }
        }
      }
      const most = cells.reduce((a, b) => Math.max(a, b), 0);
      for (let cell = 0; cell < cells.length && most > 0; cell++) {
        if (cells[cell] === 0) continue;
        const share = Math.sqrt(cells[cell] / most);
        context.fillStyle = "hsl(" + (220 - 220 * share) + " 95% 55% / " + (0.25 + 0.6 * share) + ")";
        context.fillRect(cell % columns * width / columns, Math.floor(cell / columns) * height / rows,
          width / columns + 0.5, height / rows + 0.5);
      }
      for (const line of recordings[index].lines || []) {
        context.strokeStyle = "#fff"; context.lineWidth = 2; context.beginPath();
        context.moveTo(line[1] * width, line[2] * height); context.lineTo(line[3] * width, line[4] * height); context.stroke();
      }
    };
    if (!view) return draw(null);
    const picture = new Image();
    picture.onload = () => draw(picture);
    picture.src = "data:image/jpeg;base64," + view;
  };

  // ---------------------------------------------------------------- events

  const list = byId("list");
  const spacer = make("div", { class: "spacer" });
  list.append(spacer);
  const rowHeight = 84;
  let selected = -1;
  const rendered = new Map();

  const showImage = (row) => {
    const event = shown[row.index];
    const encoded = images && images.best[event.id];
    row.waits = Boolean(encoded) && isScrolling;
    if (!encoded || isScrolling) return row.thumb.replaceChildren();
    const image = make("img", { alt: "", decoding: "async", src: "data:image/jpeg;base64," + encoded });
    if (!event.b) return row.thumb.replaceChildren(image);
    const box = make("div", { class: "box" });
    const [x, y, width, height] = event.b;
    box.style.left = 100 * Math.max(0, x) + "%";
    box.style.top = 100 * Math.max(0, y) + "%";
    box.style.width = 100 * (Math.min(1, x + width) - Math.max(0, x)) + "%";
    box.style.height = 100 * (Math.min(1, y + height) - Math.max(0, y)) + "%";
    row.thumb.replaceChildren(image, box);
  };

  const makeRow = () => {
    const row = { index: -1, waits: false, name: document.createTextNode("") };
    row.swatch = make("span", { class: "swatch", "aria-hidden": "true" });
    row.thumb = make("div", { class: "thumb" });
    row.time = make("div", { class: "meta" });
    row.place = make("div", { class: "meta" });
    row.score = make("div", { class: "score" });
    row.element = make("div", { class: "item", role: "option" }, row.thumb,
      make("div", {}, make("div", { class: "name" }, row.swatch, row.name), row.time, row.place), row.score);
    row.element.addEventListener("click", () => { select(row.index); show(row.index); });
    return row;
  };

  const fill = (row, index) => {
    const event = shown[index];
    const place = (event.z || []).concat((event.x || []).map((x) => x[0] + ": " + x[1])).join(", ");
    row.index = index;
    row.swatch.style.background = colour(nameOf(event));
    row.name.data = nameOf(event) + (event.g && event.g !== event.l ? " (" + event.l + ")" : "");
    row.time.textContent = moment(event.time) + "  ·  " + length(event.e - event.s) + (place ? "  ·  " + place : "");
    row.place.textContent = base(recordings[event.r].path) + "  " + clock(event.s);
    row.score.textContent = percent(event.p);
    row.element.id = "event-" + index;
    row.element.setAttribute("aria-selected", index === selected ? "true" : "false");
    row.element.setAttribute("aria-setsize", shown.length);
    row.element.setAttribute("aria-posinset", index + 1);
    row.element.style.top = index * rowHeight + "px";
    showImage(row);
  };

  // Rows are used again: one that leaves the view shows an event that comes into it.
  const render = () => {
    const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - 4);
    const last = Math.min(shown.length - 1, Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + 4);
    const free = [];
    for (const [index, row] of rendered) if (index < first || index > last) { free.push(row); rendered.delete(index); }
    for (let index = first; index <= last; index++) {
      if (rendered.has(index)) continue;
      const row = free.pop() || makeRow();
      fill(row, index);
      rendered.set(index, row);
      if (!row.element.isConnected) list.append(row.element);
    }
    for (const row of free) row.element.remove();
  };
  // Images are decoded when the list rests: scrolling stays smooth.
  let isScrolling = false, rest = 0;
  const showImages = () => {
    isScrolling = false;
    for (const row of rendered.values()) if (row.waits) showImage(row);
  };
  let isPending = false;
  list.addEventListener("scroll", () => {
    isScrolling = true;
    clearTimeout(rest);
    rest = setTimeout(showImages, 80);
    if (isPending) return;
    isPending = true;
    requestAnimationFrame(() => { isPending = false; render(); });
  }, { passive: true });

  const rebuildList = () => {
    isScrolling = false;
    for (const row of rendered.values()) row.element.remove();
    rendered.clear();
    spacer.style.height = shown.length * rowHeight + "px";
    list.hidden = shown.length === 0;
    render();
  };

  const select = (index) => {
    if (shown.length === 0) return;
    const before = rendered.get(selected);
    if (before) before.element.setAttribute("aria-selected", "false");
    selected = Math.min(shown.length - 1, Math.max(0, index));
    const top = selected * rowHeight;
    if (top < list.scrollTop) list.scrollTop = top;
    if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
    render();
    const row = rendered.get(selected);
    if (row) row.element.setAttribute("aria-selected", "true");
    list.setAttribute("aria-activedescendant", "event-" + selected);
  };

  list.addEventListener("keydown", (key) => {
    const page = Math.max(1, Math.floor(list.clientHeight / rowHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (key.key in steps) select(selected < 0 ? 0 : selected + steps[key.key]);
    else if (key.key === "Home") select(0);
    else if (key.key === "End") select(shown.length - 1);
    else if (key.key === "Enter" || key.key === " ") show(selected < 0 ? 0 : selected, true);
    else return;
    key.preventDefault();
  });

  // ---------------------------------------------------------------- details

  let returnTo = null;
  const show = (index, movesFocus) => {
    const event = shown[index];
    if (!event) return;
    const recording = recordings[event.r];
    returnTo = document.activeElement;
    byId("details").hidden = false;
    document.querySelector(".layout").classList.add("open");
    byId("details-title").textContent = nameOf(event) + ", " + moment(event.time);
    showMoment(event, recording);
    const facts = [["Recording", recording.path], ["Position", clock(event.s) + "–" + clock(event.e)],
      ["Length", length(event.e - event.s)], ["Label", event.l], ["Group", event.g], ["Highest score", percent(event.p)],
      ["Zones", (event.z || []).join(", ")], ["Lines", (event.x || []).map((x) => x[0] + ": " + x[1] + " at " + clock(x[2])).join(", ")],
      ["Attributes", (event.a || []).join(", ")], ["Model", recording.model], ["Event", event.id]];
    byId("facts").replaceChildren(...facts.filter((fact) => fact[1]).flatMap((fact) =>
      [make("dt", { text: fact[0] }), make("dd", { text: fact[1] })]));
    drawCurve(event);
    if (movesFocus) byId("details-title").focus();
  };

  const showMoment = (event, recording) => {
    const player = byId("player");
    const strip = () => {
      const picture = images && images.strips[event.id];
      player.replaceChildren(picture
        ? make("img", { alt: "Frames from the start to the end of the event", src: "data:image/jpeg;base64," + picture })
        : make("p", { text: "There are no frames of this event in the report." }));
    };
    if (!recording.file || location.protocol !== "file:") return strip();
    const video = make("video", { controls: "", preload: "metadata", muted: "", "aria-label": "Recording at this event" });
    video.addEventListener("error", strip, true);
    // A player that gives no picture is no use either: the file may have a format that this browser cannot decode.
    video.addEventListener("loadedmetadata", () => { if (video.videoWidth === 0) strip(); });
    video.src = recording.file + "#t=" + Math.max(0, recording.offset + event.s).toFixed(2);
    player.replaceChildren(video);
  };

  const drawCurve = (event) => {
    const canvas = byId("curve");
    const width = canvas.clientWidth, height = 90;
    const context = prepare(canvas, width, height);
    const values = event.k && event.k.length ? event.k : [event.p * 100];
    context.strokeStyle = css("--line");
    context.fillStyle = css("--muted");
    context.font = "11px system-ui, sans-serif";
    for (const level of [0, 50, 100]) {
      const y = height - 8 - level / 100 * (height - 16);
      context.beginPath(); context.moveTo(30, y); context.lineTo(width, y); context.stroke();
      context.fillText(level + " %", 0, y + 4);
    }
    context.strokeStyle = colour(nameOf(event));
    context.lineWidth = 2;
    context.beginPath();
    values.forEach((value, place) => {
      const x = 32 + (width - 36) * (values.length > 1 ? place / (values.length - 1) : 0.5);
      const y = height - 8 - value / 100 * (height - 16);
      if (place === 0) context.moveTo(x, y); else context.lineTo(x, y);
    });
    if (values.length === 1) context.lineTo(32 + (width - 36) * 0.5 + 3, height - 8 - values[0] / 100 * (height - 16));
    context.stroke();
    canvas.setAttribute("aria-label", "Score from " + Math.min(...values) + " to " + Math.max(...values) + " %");
  };

  const closeDetails = () => {
    byId("details").hidden = true;
    byId("player").replaceChildren();
    document.querySelector(".layout").classList.remove("open");
    if (returnTo && returnTo.isConnected) returnTo.focus();
  };
  byId("close").addEventListener("click", closeDetails);
  document.addEventListener("keydown", (key) => { if (key.key === "Escape" && !byId("details").hidden) closeDetails(); });

  // ---------------------------------------------------------------- timelines

  const laneHeight = 18;
  const buildRecordings = () => {
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) drawTimeline(entry.target);
    }, { rootMargin: "200px" });
    recordings.forEach((recording, index) => {
      recording.events = events.filter((event) => event.r === index);
      const lanes = [...new Set(recording.events.map(nameOf))].sort();
      recording.lanes = lanes;
      const canvas = make("canvas", {
        role: "img", "data-index": index, "aria-label": "Timeline of " + base(recording.path)
      });
      canvas.style.height = Math.max(1, lanes.length) * laneHeight + 18 + "px";
      canvas.addEventListener("click", (click) => pick(canvas, click));
      const corrupt = recording.corrupt && recording.corrupt.length
        ? "  ·  corrupt: " + recording.corrupt.map((part) => clock(part[0]) + "–" + clock(part[1])).join(", ") : "";
      byId("recordings").append(make("article", { class: "recording" },
        make("h3", { text: base(recording.path) }),
        make("p", { class: "meta", text: moment(recording.first) + "  ·  " + clock(recording.length) + "  ·  " +
          recording.events.length + (recording.events.length === 1 ? " event" : " events") + corrupt }), canvas));
      observer.observe(canvas);
    });
  };

  const labelWidth = (width) => Math.min(110, width * 0.25);

  const drawTimeline = (canvas) => {
    const recording = recordings[Number(canvas.dataset.index)];
    const width = canvas.clientWidth;
    const lanes = Math.max(1, recording.lanes.length);
    const height = lanes * laneHeight + 18;
    const context = prepare(canvas, width, height);
    const left = labelWidth(width), scale = (width - left) / Math.max(1, recording.length);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = css("--muted");
    recording.lanes.forEach((lane, row) => context.fillText(lane, 0, row * laneHeight + 13, left - 8));
    context.strokeStyle = css("--line");
    for (let row = 1; row <= lanes; row++) {
      context.beginPath(); context.moveTo(left, row * laneHeight); context.lineTo(width, row * laneHeight); context.stroke();
    }
    for (const share of [0, 0.5, 1]) {
      context.textAlign = share === 0 ? "left" : share === 1 ? "right" : "center";
      context.fillText(clock(recording.length * share), left + (width - left) * share, height - 3);
    }
    context.textAlign = "left";
    context.fillStyle = css("--corrupt");
    for (const [start, end] of recording.corrupt || []) {
      context.globalAlpha = 0.35;
      context.fillRect(left + start * scale, 0, Math.max(2, (end - start) * scale), lanes * laneHeight);
      context.globalAlpha = 1;
    }
    let count = 0;
    for (const event of recording.events) {
      if (!passes(event)) continue;
      count++;
      const row = recording.lanes.indexOf(nameOf(event));
      const high = Math.max(3, event.p * (laneHeight - 3));
      context.fillStyle = colour(nameOf(event));
      context.fillRect(left + event.s * scale, (row + 1) * laneHeight - high, Math.max(2, (event.e - event.s) * scale), high);
    }
    canvas.setAttribute("aria-label", "Timeline of " + base(recording.path) + ": " + count + (count === 1 ? " event" : " events"));
  };

  const pick = (canvas, click) => {
    const recording = recordings[Number(canvas.dataset.index)];
    const frame = canvas.getBoundingClientRect();
    const left = labelWidth(frame.width);
    const seconds = (click.clientX - frame.left - left) / Math.max(1, frame.width - left) * recording.length;
    const lane = recording.lanes[Math.floor((click.clientY - frame.top) / laneHeight)];
    const slack = 6 / Math.max(1, frame.width - left) * recording.length;
    const index = shown.findIndex((event) => recordings[event.r] === recording && nameOf(event) === lane &&
      seconds >= event.s - slack && seconds <= event.e + slack);
    if (index >= 0) { select(index); show(index); }
  };

  const redrawTimelines = () => {
    for (const canvas of document.querySelectorAll(".recording canvas")) {
      const frame = canvas.getBoundingClientRect();
      if (frame.bottom > -200 && frame.top < innerHeight + 200) drawTimeline(canvas);
    }
  };

  // ---------------------------------------------------------------- all

  const apply = () => {
    shown = events.filter((event) => passes(event, false));
    selected = -1;
    list.removeAttribute("aria-activedescendant");
    list.scrollTop = 0;
    byId("count").textContent = shown.length === events.length
      ? events.length + (events.length === 1 ? " event" : " events") : shown.length + " of " + events.length + " events";
    rebuildList();
    buildDays();
    buildHours();
    buildLines();
    redrawTimelines();
    drawHeat();
  };

  const whenSeen = (work) => requestAnimationFrame(() => setTimeout(work, 0));
  whenSeen(() => {
    buildFilter();
    buildViews();
    buildRecordings();
    apply();
    // The images are the larger part of the page; they are read when everything else is there.
    whenSeen(() => {
      images = JSON.parse(byId("images").textContent);
      byId("images").remove();
      rebuildList();
      drawHeat();
      document.documentElement.dataset.ready = "true";
    });
  });
  addEventListener("resize", () => whenSeen(() => { render(); redrawTimelines(); drawHeat(); }));
  // The page is drawn in the colours of the scheme.
  dark.addEventListener("change", () => {
    for (const swatch of document.querySelectorAll(".swatch")) swatch.style.background = colour(swatch.nextSibling.textContent);
    rebuildList();
    redrawTimelines();
  });
})();
