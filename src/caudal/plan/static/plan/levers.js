// A driver's slider and its field say the same, and what follows is shown while somebody moves them.
const pair = (range) => document.getElementById(range.dataset.mirrors);

document.addEventListener("input", (event) => {
  const range = event.target;
  if (range.dataset?.mirrors) pair(range).value = range.value;
  else if (range.matches?.(".plan-lever input[type='number']")) {
    const slider = document.querySelector(`[data-mirrors="${range.id}"]`);
    if (slider) slider.value = range.value;
  }
});
