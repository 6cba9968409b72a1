// Parts of a page that take a moment, fetched once the page is there. Without this module their links lead to them.
for (const place of document.querySelectorAll("[data-part]")) {
  const answer = await fetch(place.dataset.part).catch(() => null);
  if (answer?.ok) {
    place.innerHTML = await answer.text();
  }
}
