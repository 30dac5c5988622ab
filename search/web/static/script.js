"use strict";

// The page is whole without this. A form that is sent leaves out its empty fields, which the server would do otherwise.
for (const form of document.querySelectorAll("form[role=search]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });
}
