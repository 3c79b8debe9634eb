"""artgan in a line of Python: objects that hold what was made, save it when told to, and show it in notebooks.

They stand upon `artgan.api`, which takes every choice as a frozen request. Nothing here is imported before it is asked
for; what people call is named in `artgan` itself.
"""
