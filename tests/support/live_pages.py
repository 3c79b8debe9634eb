"""What is looked at in more than one browser."""

PAGES = ("index.html", "brush/index.html", "brush/works/seed-00000001.html")
"""Of the gallery that the fixture hangs."""

DOWNLOAD = """
new Promise((done) => {
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    blob.arrayBuffer().then((content) => done([...new Uint8Array(content)]));
    return make.call(URL, blob);
  };
  document.querySelector("[data-do=download]").click();
})
"""
"""Presses the button, and returns the bytes of the file that it makes."""
