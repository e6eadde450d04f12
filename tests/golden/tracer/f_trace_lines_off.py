# entry: main()
def main():
    try:
        raise ValueError
    except ValueError as error:
        error.__traceback__.tb_frame.f_trace_lines = False
    hidden = 1
    return hidden
