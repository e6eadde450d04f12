# entry: asyncio.run(main())
import asyncio


async def answer():
    await asyncio.sleep(0)
    return 42


async def main():
    return await answer()
